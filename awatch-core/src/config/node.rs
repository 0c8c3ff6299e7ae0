//! The parsed configuration: an owned TOML tree in which every key and value knows where it stands.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};

use super::value_error::{Segment, ValueError};

/// Bytes of the text that a key or value covers; a table written with a header covers its header.
pub(super) type Span = Range<usize>;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) span: Span,
    pub(super) value: Value,
}

/// A TOML value; date-times stay text.
#[derive(Debug, Clone)]
pub(super) enum Value {
    String(String),
    Integer(i64),
    /// An integer above `i64::MAX`.
    Unsigned(u64),
    Float(f64),
    Boolean(bool),
    Datetime(String),
    Array(Vec<Node>),
    Table(Vec<Entry>),
}

/// A key with its value; entries of a table are in the order of the file.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_span: Span,
    pub(super) node: Node,
}

impl Entry {
    /// The value, when it is a string.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.node.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }
}

/// The entry with this key.
pub(super) fn find<'a>(entries: &'a [Entry], key: &str) -> Option<&'a Entry> {
    entries.iter().find(|entry| entry.key == key)
}

/// How far `path` (`rules[0].above`) leads into `entries`: the span of the deepest value on it.
pub(super) fn descend<'a>(entries: &'a [Entry], path: &str) -> Option<&'a Span> {
    let mut steps = path.split(['.', '[', ']']).filter(|step| !step.is_empty());
    let mut node = &find(entries, steps.next()?)?.node;
    for step in steps {
        let next = match &node.value {
            Value::Table(entries) => find(entries, step).map(|entry| &entry.node),
            Value::Array(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    Some(&node.span)
}

/// Takes over a parsed table, in the order of the file.
pub(super) fn entries(table: DeTable<'_>) -> Result<Vec<Entry>, ValueError> {
    let convert = |(key, value): (Spanned<_>, Spanned<_>)| {
        let key_span = key.span();
        let key = std::borrow::Cow::<str>::into_owned(key.into_inner());
        let node = Node::new(value).map_err(|error| error.within(Segment::Key(key.clone())))?;
        Ok(Entry { key, key_span, node })
    };
    let mut entries = table.into_iter().map(convert).collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(|entry| entry.key_span.start);
    Ok(entries)
}

impl Node {
    fn new(value: Spanned<DeValue<'_>>) -> Result<Self, ValueError> {
        let span = value.span();
        let value = convert(value.into_inner()).map_err(|error| error.at(&span))?;
        Ok(Self { span, value })
    }
}

fn convert(value: DeValue<'_>) -> Result<Value, ValueError> {
    Ok(match value {
        DeValue::String(text) => Value::String(text.into_owned()),
        DeValue::Integer(number) => integer(&number)?,
        DeValue::Float(number) => Value::Float(float(&number)?),
        DeValue::Boolean(value) => Value::Boolean(value),
        DeValue::Datetime(time) => Value::Datetime(time.to_string()),
        DeValue::Array(items) => Value::Array(array(items)?),
        DeValue::Table(table) => Value::Table(entries(table)?),
    })
}

fn array(items: toml::de::DeArray<'_>) -> Result<Vec<Node>, ValueError> {
    let item = |(index, item)| Node::new(item).map_err(|error| error.within(Segment::Index(index)));
    items.into_iter().enumerate().map(item).collect()
}

fn integer(number: &DeInteger<'_>) -> Result<Value, ValueError> {
    let (digits, radix) = (number.as_str(), number.radix());
    if let Ok(value) = i64::from_str_radix(digits, radix) {
        return Ok(Value::Integer(value));
    }
    let value = u64::from_str_radix(digits, radix);
    value
        .map(Value::Unsigned)
        .map_err(|_| ValueError::invalid("the integer does not fit 64 bits; write a smaller one"))
}

fn float(number: &DeFloat<'_>) -> Result<f64, ValueError> {
    let value: f64 = number.as_str().parse().map_err(|_| ValueError::invalid("the number cannot be read"))?;
    if value.is_infinite() && !number.as_str().contains("inf") {
        return Err(ValueError::invalid("the number is too large; write a smaller one, or inf"));
    }
    Ok(value)
}
