use awatch_core::{RecordingError, Timestamp};
use awatch_store::file;
use proptest::prelude::*;

use super::arrivals::{FORMATS, Plain, plain, play, recordings, write};

proptest! {
    // Each case writes two files to the disk.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() })]

    /// The law of recordings: what arrived comes back in its order, bit for bit.
    #[test]
    fn what_is_recorded_is_played(arrivals in recordings()) {
        let expected: Vec<Plain> = arrivals.iter().map(plain).collect();
        for format in FORMATS {
            let folder = tempfile::tempdir().unwrap();
            let path = write(folder.path(), format, &arrivals);
            let mut recording = file::open(&path).unwrap();
            prop_assert_eq!(&play(&mut *recording).unwrap(), &expected);
        }
    }
}

#[test]
fn a_recording_never_replaces_a_file() {
    for format in FORMATS {
        let folder = tempfile::tempdir().unwrap();
        let path = write(folder.path(), format, &[]);
        assert_eq!(
            file::create(&path).unwrap_err().to_string(),
            format!("{}: there is such a file already: remove it, or choose another name", path.display())
        );
        assert_eq!(play(&mut *file::open(&path).unwrap()).unwrap(), []);
    }
}

#[test]
fn two_recordings_of_one_name_do_not_mix() {
    let there = |path: &std::path::Path| {
        format!("{}: there is such a file already: remove it, or choose another name", path.display())
    };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    let partial = folder.path().join("a.parquet.partial");
    let mut recorder = file::create(&path).unwrap();
    assert_eq!(file::create(&path).unwrap_err().to_string(), there(&partial));
    std::fs::write(&path, "somebody else's").unwrap();
    assert_eq!(
        recorder.finish().unwrap_err().to_string(),
        format!(
            "{}: there is such a file already: what was recorded is {}",
            path.display(),
            partial.display()
        )
    );
    assert!(recorder.finish().is_ok());
    drop(recorder);
    assert_eq!(std::fs::read(&path).unwrap(), b"somebody else's");
    let kept = folder.path().join("b.parquet");
    std::fs::rename(&partial, &kept).unwrap();
    assert_eq!(play(&mut *file::open(&kept).unwrap()).unwrap(), []);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    for format in FORMATS {
        let error = file::open(std::path::Path::new(&format!("nowhere/a.{format}"))).unwrap_err();
        assert_eq!(error.to_string(), format!("opening nowhere/a.{format} failed"));
        let error = file::create(std::path::Path::new(&format!("nowhere/a.{format}"))).unwrap_err();
        assert_eq!(error.to_string(), format!("creating nowhere/a.{format} failed"));
    }
}

#[test]
fn what_arrived_before_what_came_before_it_is_an_error() {
    let text = "timestamp,metric,value,received\n5,cpu,1,5\n4,cpu,2,4\n";
    let folder = tempfile::tempdir().unwrap();
    let path = super::arrivals::text_file(folder.path(), "a.csv", text);
    let mut recording = file::open(&path).unwrap();
    let registry = super::arrivals::registry();
    assert!(recording.next_arrival(&registry).unwrap().is_some());
    let Err(RecordingError::OutOfOrder { place, received, previous }) = recording.next_arrival(&registry)
    else {
        panic!("out of order")
    };
    assert_eq!(place, format!("{}, line 3", path.display()));
    assert_eq!((received, previous), (Timestamp::from_secs(4), Timestamp::from_secs(5)));
    assert!(recording.next_arrival(&registry).unwrap().is_none());
}
