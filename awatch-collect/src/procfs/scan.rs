//! Reading the kernel's tables: lines of fields between blanks, most of them decimal numbers.

use std::fmt;

/// A line of a table is not as the kernel writes it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub(crate) struct ParseError {
    /// The line, counted from one; zero: the table as a whole.
    pub(crate) line: usize,
    /// What is wrong with it.
    pub(crate) problem: Problem,
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    /// The field of that name is not there.
    Missing(&'static str),
    /// The field of that name holds this instead of a number.
    NotANumber { field: &'static str, found: String },
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(field) => write!(f, "`{field}` is missing"),
            Self::NotANumber { field, found } => write!(f, "`{field}` is `{found}`, not a number"),
        }
    }
}

/// The lines of a table that are not empty, each with its number counted from one.
pub(crate) fn lines(table: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    table
        .split(|byte| *byte == b'\n')
        .enumerate()
        .map(|(index, text)| (index + 1, text))
        .filter(|(_, text)| !text.is_empty())
}

/// The fields of a line, read one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Fields<'a> {
    rest: &'a [u8],
    line: usize,
}

impl<'a> Fields<'a> {
    /// The fields of `text`, which is that line.
    pub(crate) fn of(line: usize, text: &'a [u8]) -> Self {
        Self { rest: text, line }
    }

    /// What is left of the line.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next field, if there is one.
    pub(crate) fn next_field(&mut self) -> Option<&'a [u8]> {
        let text = self.rest.trim_ascii_start();
        let end = text.iter().position(u8::is_ascii_whitespace).unwrap_or(text.len());
        let (field, rest) = text.split_at_checked(end)?;
        self.rest = rest;
        Some(field).filter(|field| !field.is_empty())
    }

    /// The next field.
    ///
    /// # Errors
    /// [`ParseError`] when there is none; it is called `name` there.
    pub(crate) fn field(&mut self, name: &'static str) -> Result<&'a [u8], ParseError> {
        self.next_field().ok_or_else(|| self.missing(name))
    }

    /// The next field as a number.
    ///
    /// # Errors
    /// [`ParseError`] when there is none or it is not a number below 2⁶⁴.
    pub(crate) fn number(&mut self, name: &'static str) -> Result<u64, ParseError> {
        let field = self.field(name)?;
        number(field).ok_or_else(|| self.not_a_number(name, field))
    }

    /// The next field as a number; `None` when the line has ended.
    ///
    /// # Errors
    /// [`ParseError`] when it is not a number below 2⁶⁴.
    pub(crate) fn optional_number(&mut self, name: &'static str) -> Result<Option<u64>, ParseError> {
        let Some(field) = self.next_field() else { return Ok(None) };
        number(field).map(Some).ok_or_else(|| self.not_a_number(name, field))
    }

    /// The next field as a number with decimals, finite and not negative.
    ///
    /// # Errors
    /// [`ParseError`] when there is none or it is no such number.
    pub(crate) fn decimal(&mut self, name: &'static str) -> Result<f64, ParseError> {
        let field = self.field(name)?;
        let value = std::str::from_utf8(field).ok().and_then(|text| text.parse::<f64>().ok());
        value.filter(|value| value.is_finite() && *value >= 0.0).ok_or_else(|| self.not_a_number(name, field))
    }

    /// The error that the field of that name is not in this line.
    pub(crate) fn missing(&self, name: &'static str) -> ParseError {
        ParseError { line: self.line, problem: Problem::Missing(name) }
    }

    fn not_a_number(&self, field: &'static str, found: &[u8]) -> ParseError {
        let found = String::from_utf8_lossy(found).chars().take(40).flat_map(char::escape_default).collect();
        ParseError { line: self.line, problem: Problem::NotANumber { field, found } }
    }
}

/// The error that a table has no line of that name.
pub(crate) fn missing_line(name: &'static str) -> ParseError {
    ParseError { line: 0, problem: Problem::Missing(name) }
}

fn number(field: &[u8]) -> Option<u64> {
    field.iter().try_fold(0_u64, |value, byte| {
        let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
        value.checked_mul(10)?.checked_add(u64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_in_order() {
        let mut fields = Fields::of(3, b"  12\tname 0.50 ");
        assert_eq!(fields.number("first"), Ok(12));
        assert_eq!(fields.field("second"), Ok(&b"name"[..]));
        assert_eq!(fields.decimal("third").map(f64::to_bits), Ok(0.5_f64.to_bits()));
        assert_eq!(fields.optional_number("fourth"), Ok(None));
        assert_eq!(fields.number("fifth").unwrap_err().to_string(), "line 3: `fifth` is missing");
    }

    #[test]
    fn numbers_fill_64_bits_and_no_more() {
        assert_eq!(number(b"18446744073709551615"), Some(u64::MAX));
        assert_eq!(number(b"18446744073709551616"), None);
        assert_eq!(number(b"-1"), None);
        let error = Fields::of(1, b"1\x00x").number("user").unwrap_err();
        assert_eq!(error.to_string(), "line 1: `user` is `1\\u{0}x`, not a number");
        for text in ["NaN", "inf", "-1.0", "x"] {
            assert!(Fields::of(1, text.as_bytes()).decimal("load").is_err(), "{text}");
        }
    }

    #[test]
    fn empty_lines_are_counted_and_left_out() {
        let found: Vec<_> = lines(b"a\n\nb\n").collect();
        assert_eq!(found, [(1, &b"a"[..]), (3, &b"b"[..])]);
    }
}
