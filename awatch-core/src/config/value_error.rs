//! What serde reports about a value, in words an operator understands.

use std::fmt::{self, Display};

use serde::de::{self, Expected, Unexpected};

use super::node::Span;
use super::suggest;

/// A mistake in a value, with the path to it from where reading began.
#[derive(Debug, Clone)]
pub(super) struct ValueError {
    pub(super) problem: Problem,
    /// From the innermost outwards.
    pub(super) path: Vec<Segment>,
    pub(super) span: Option<Span>,
}

/// One step into a table or array.
#[derive(Debug, Clone)]
pub(super) enum Segment {
    Key(String),
    Index(usize),
}

/// What is wrong.
#[derive(Debug, Clone)]
pub(super) enum Problem {
    UnknownKey { key: String, valid: Vec<String> },
    MissingKey { key: String },
    WrongType(String),
    Invalid(String),
}

impl ValueError {
    pub(super) fn new(problem: Problem) -> Self {
        Self { problem, path: Vec::new(), span: None }
    }

    pub(super) fn invalid(message: impl Display) -> Self {
        Self::new(Problem::Invalid(message.to_string()))
    }

    pub(super) fn wrong_type(unexpected: Unexpected<'_>, expected: impl Display) -> Self {
        let expected = plain_expected(&expected.to_string());
        Self::new(Problem::WrongType(format!("expected {expected}, found {}", found(unexpected))))
    }

    /// The place, unless a more precise one is known.
    pub(super) fn at(mut self, span: &Span) -> Self {
        self.span.get_or_insert_with(|| span.clone());
        self
    }

    /// One more step on the way out.
    pub(super) fn within(mut self, segment: Segment) -> Self {
        self.path.push(segment);
        self
    }
}

impl de::Error for ValueError {
    fn custom<T: Display>(message: T) -> Self {
        Self::invalid(message)
    }

    fn invalid_type(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::wrong_type(unexpected, expected)
    }

    fn invalid_value(unexpected: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = plain_expected(&expected.to_string());
        Self::invalid(format_args!("expected {expected}, found {}", found(unexpected)))
    }

    fn invalid_length(length: usize, expected: &dyn Expected) -> Self {
        let expected = plain_expected(&expected.to_string());
        Self::invalid(format_args!("expected {expected}, found {}", values(length)))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let advice = match suggest::nearest(variant, expected) {
            Some(near) => format!("did you mean \"{near}\"? "),
            None => String::new(),
        };
        let valid = expected.iter().map(|word| format!("\"{word}\"")).collect::<Vec<_>>().join(", ");
        let variant = suggest::shown(variant);
        Self::invalid(format_args!("unknown value \"{variant}\"; {advice}valid values: {valid}"))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let valid = expected.iter().map(|&key| key.to_owned()).collect();
        Self::new(Problem::UnknownKey { key: field.to_owned(), valid })
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Problem::MissingKey { key: field.to_owned() })
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::invalid(format_args!("`{field}` is given twice, once under another of its names; keep one"))
    }
}

impl Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.problem {
            Problem::UnknownKey { key, .. } => write!(f, "unknown key `{}`", suggest::shown(key)),
            Problem::MissingKey { key } => write!(f, "missing key `{key}`"),
            Problem::WrongType(message) | Problem::Invalid(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for ValueError {}

/// What stands in the file.
fn found(unexpected: Unexpected<'_>) -> String {
    match unexpected {
        Unexpected::Bool(value) => format!("the boolean {value}"),
        Unexpected::Unsigned(value) => format!("the integer {value}"),
        Unexpected::Signed(value) => format!("the integer {value}"),
        Unexpected::Float(value) => format!("the number {value:?}"),
        Unexpected::Str(text) => format!("the string \"{}\"", suggest::shown(text)),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "a table".to_owned(),
        other => other.to_string(),
    }
}

/// Serde names Rust types; people who write configuration know TOML's.
fn plain_expected(expected: &str) -> String {
    let plain = match expected {
        "i8" => "an integer from -128 to 127",
        "i16" => "an integer from -32768 to 32767",
        "i32" => "an integer from -2147483648 to 2147483647",
        "i64" | "isize" | "i128" => "an integer",
        "u8" => "an integer from 0 to 255",
        "u16" => "an integer from 0 to 65535",
        "u32" => "an integer from 0 to 4294967295",
        "u64" | "usize" | "u128" => "an integer of 0 or more",
        "f32" | "f64" => "a number",
        "a character" => "a string of one character",
        "a sequence" => "an array",
        "a map" => "a table",
        "any valid TOML value" => "a value",
        other if other.starts_with("struct ") => "a table",
        other if other.starts_with("unit struct ") => "a table without keys",
        other if other.starts_with("variant of enum ") || other.starts_with("enum ") => "a string",
        other => return tuple_expected(other).unwrap_or_else(|| other.to_owned()),
    };
    plain.to_owned()
}

fn tuple_expected(expected: &str) -> Option<String> {
    let count = expected
        .strip_prefix("a tuple of size ")
        .or_else(|| expected.strip_prefix("an array of length "))
        .or_else(|| expected.strip_prefix("fewer elements than "))?;
    Some(format!("an array of {}", values(count.parse().ok()?)))
}

/// A number of values, for a message.
pub(super) fn values(count: usize) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{count} values") }
}
