//! Every fuzz target on its corpus, and on what comes of small damage to it: the short form of fuzzing.

use std::path::Path;

use awatch_fuzz::TARGETS;

/// Damaged copies of each input.
const COPIES: usize = 500;

/// Fixed pseudo-random numbers (`SplitMix64`).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) % end.max(1) as u64) as usize
    }
}

/// Flips bits, cuts, doubles, inserts.
fn damage(bytes: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..=random.below(3) {
        let (from, to) = (random.below(bytes.len() + 1), random.below(bytes.len() + 1));
        let range = from.min(to)..from.max(to).min(from.min(to) + 40);
        match random.below(5) {
            0 => bytes.truncate(from),
            1 => drop(bytes.drain(range)),
            2 => bytes.extend_from_within(range),
            3 => bytes.insert(from, [0, 0xff, b'9', b'-', b'[', b'"', b'\n', 0x80][random.below(8)]),
            _ => {
                let bit = 1 << random.below(8);
                if let Some(byte) = bytes.get_mut(from) {
                    *byte ^= bit;
                }
            }
        }
    }
}

fn corpus(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(target);
    let entries = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn every_target_stands_its_corpus_and_damage_to_it() {
    for (name, target) in TARGETS {
        let mut random = Random(42);
        let files = corpus(name);
        assert!(files.len() >= 3, "the corpus of {name} has {} files", files.len());
        for (file, bytes) in &files {
            for copy in 0..COPIES {
                let mut input = bytes.clone();
                if copy > 0 {
                    damage(&mut input, &mut random);
                }
                let result = std::panic::catch_unwind(|| target(&input));
                assert!(result.is_ok(), "{name} failed on copy {copy} of {file}: {input:?}");
            }
        }
    }
}

/// What the present version saves is in the corpora too: `AWATCH_WRITE_CORPUS=1` writes it there.
#[test]
fn what_is_saved_today_is_taken() {
    let sound = awatch_fuzz::sound_checkpoint();
    let unsigned = &sound[..sound.len() - 4];
    awatch_fuzz::checkpoint(unsigned);
    keep("checkpoint/sound", unsigned);
    for (number, state) in awatch_fuzz::sound_states().iter().enumerate() {
        awatch_fuzz::detector_state(state);
        keep(&format!("detector_state/sound_{number}"), state);
    }
}

fn keep(file: &str, bytes: &[u8]) {
    if std::env::var_os("AWATCH_WRITE_CORPUS").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(file), bytes).unwrap();
    }
}
