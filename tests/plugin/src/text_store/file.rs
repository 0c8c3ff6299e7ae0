use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use awatch::{Matcher, SeriesMeta, StoreError, Timestamp};

use super::contents::Contents;

/// The file that is appended to.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    file: BufWriter<File>,
    /// Sample lines in it, those deleted since too.
    lines: u64,
}

impl Log {
    pub(super) fn open(path: &Path) -> Result<(Self, Contents), StoreError> {
        let failed = |source| io_error("opening", path, source);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(failed)?;
        let text = io::read_to_string(&mut file).map_err(failed)?;
        // A line without its end was being written when the program died.
        let whole = text.rfind('\n').map_or(0, |last| last + 1);
        let mut contents = Contents::default();
        let mut lines = 0;
        for (index, line) in text.get(..whole).unwrap_or_default().lines().enumerate() {
            match read_line(line, &mut contents) {
                Some(is_sample) => lines += u64::from(is_sample),
                None => {
                    let what = format!("line {} of {}", index + 1, path.display());
                    return Err(StoreError::Corrupt {
                        what,
                        source: "it is none of this store's lines".into(),
                    });
                }
            }
        }
        file.set_len(whole as u64).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok((Self { path: path.to_owned(), file: BufWriter::new(file), lines }, contents))
    }

    pub(super) fn series(&mut self, number: usize, meta: &SeriesMeta) -> Result<(), StoreError> {
        let json = serde_json::to_string(meta).map_err(|error| self.failed(error.into()))?;
        self.line(format_args!("series {number} {json}"))
    }

    pub(super) fn sample(&mut self, number: usize, at: Timestamp, value: f64) -> Result<(), StoreError> {
        self.lines += 1;
        // The shortest text that reads back as the same bits.
        self.line(format_args!("{number} {} {value:e}", at.as_nanos()))
    }

    pub(super) fn gone(&mut self, number: usize, cutoff: Timestamp) -> Result<(), StoreError> {
        self.line(format_args!("gone {number} {}", cutoff.as_nanos()))
    }

    pub(super) fn sync(&mut self) -> Result<(), StoreError> {
        self.file.flush().and_then(|()| self.file.get_ref().sync_data()).map_err(|error| self.failed(error))
    }

    pub(super) fn is_mostly_gone(&self, contents: &Contents) -> bool {
        self.lines > 1000 && self.lines > contents.counts().1 * 2
    }

    /// Writes what there is into a new file, which then takes the place of this one.
    pub(super) fn rewrite(&mut self, contents: &mut Contents) -> Result<(), StoreError> {
        let path = self.path.with_extension("new");
        let file = File::create(&path).map_err(|error| io_error("creating", &path, error))?;
        let mut new = Self { path: self.path.clone(), file: BufWriter::new(file), lines: 0 };
        let mut numbered = Contents::default();
        for series in contents.chosen(&Matcher::all()) {
            let (number, _) = numbered.number(&series.meta);
            new.series(number, &series.meta)?;
            for (at, value) in series.samples() {
                new.sample(number, at, value)?;
                numbered.insert(number, at, value);
            }
        }
        new.sync()?;
        std::fs::rename(&path, &self.path).map_err(|error| io_error("renaming", &path, error))?;
        (*self, *contents) = (new, numbered);
        Ok(())
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) -> Result<(), StoreError> {
        writeln!(self.file, "{line}").map_err(|error| self.failed(error))
    }

    fn failed(&self, source: io::Error) -> StoreError {
        io_error("writing", &self.path, source)
    }
}

/// Whether the line was a sample; `None` when it is none of ours.
fn read_line(line: &str, contents: &mut Contents) -> Option<bool> {
    if let Some(rest) = line.strip_prefix("series ") {
        let (number, json) = rest.split_once(' ')?;
        let meta: SeriesMeta = serde_json::from_str(json).ok()?;
        return (contents.number(&Arc::new(meta)) == (number.parse().ok()?, true)).then_some(false);
    }
    let is_sample = !line.starts_with("gone ");
    let mut parts = line.trim_start_matches("gone ").split(' ');
    let number = parts.next()?.parse().ok()?;
    let at = Timestamp::from_nanos(parts.next()?.parse().ok()?);
    if is_sample {
        let value: f64 = parts.next()?.parse().ok()?;
        return contents.insert(number, at, value).then_some(true);
    }
    contents.remove_before(number, at);
    Some(false)
}

fn io_error(doing: &str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Io { what: format!("{doing} {}", path.display()), source: source.into() }
}
