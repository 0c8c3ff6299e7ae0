use std::io::{self, Read, Seek, SeekFrom};

/// The longest line that is read: a quote that is never closed would otherwise take in the whole file.
const LONGEST: usize = 16 << 20;

/// Refuses to read on when a line does not end.
#[derive(Debug)]
pub(super) struct LineLimit<R> {
    inner: R,
    left: usize,
}

impl<R> LineLimit<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, left: LONGEST }
    }

    /// A line ended.
    pub(super) fn restart(&mut self) {
        self.left = LONGEST;
    }
}

impl<R: Read> Read for LineLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = buffer.len().min(self.left);
        let Some(buffer) = buffer.get_mut(..wanted).filter(|buffer| !buffer.is_empty()) else {
            let problem = "a line is longer than 16 MiB: close the quote it begins with";
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        };
        let read = self.inner.read(buffer)?;
        self.left -= read;
        Ok(read)
    }
}

impl<R: Seek> Seek for LineLimit<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.restart();
        self.inner.seek(to)
    }
}
