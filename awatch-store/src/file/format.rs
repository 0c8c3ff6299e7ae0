use std::path::Path;

use awatch_core::RecordingError;

/// The formats, by the ending of a file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    Parquet,
}

impl Format {
    pub(super) fn of(path: &Path) -> Result<Self, RecordingError> {
        let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
        match ending.as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(RecordingError::malformed(
                path.display().to_string(),
                "the name of a history file ends in `.csv` or `.parquet`",
            )),
        }
    }

    /// The error of a format that is not built in.
    #[cfg(not(all(feature = "csv", feature = "parquet")))]
    pub(super) fn missing(self, path: &Path) -> RecordingError {
        let feature = match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        };
        RecordingError::malformed(
            path.display().to_string(),
            format!("this program was built without the feature `{feature}`: build it with that feature"),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_decides() {
        assert_eq!(Format::of(Path::new("a/b.CSV")).unwrap(), Format::Csv);
        assert_eq!(Format::of(Path::new("b.parquet")).unwrap(), Format::Parquet);
        for name in ["b.txt", "csv", "b", ""] {
            let error = Format::of(Path::new(name)).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("{name}: the name of a history file ends in `.csv` or `.parquet`")
            );
        }
    }
}
