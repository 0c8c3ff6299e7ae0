//! A serde deserializer over the spanned tree that knows which keys are valid and where each value stands.

use serde::de::value::StrDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;

use super::node::{Entry, Node, Value};
use super::value_error::{Problem, Segment, ValueError, values};

/// Reads one value.
#[derive(Debug, Clone, Copy)]
pub(super) struct NodeDeserializer<'de>(pub(super) &'de Node);

/// Reads the entries of a table.
#[derive(Debug, Clone, Copy)]
pub(super) struct TableDeserializer<'de> {
    pub(super) entries: &'de [Entry],
    /// Keys that somebody else reads: valid, but shown only to a struct that has a field of the same name.
    pub(super) taken: &'de [String],
}

impl<'de> NodeDeserializer<'de> {
    /// How messages name the value.
    pub(super) fn unexpected(self) -> Unexpected<'de> {
        match &self.0.value {
            Value::String(text) => Unexpected::Str(text),
            Value::Integer(number) => Unexpected::Signed(*number),
            Value::Unsigned(number) => Unexpected::Unsigned(*number),
            Value::Float(number) => Unexpected::Float(*number),
            Value::Boolean(value) => Unexpected::Bool(*value),
            Value::Datetime(_) => Unexpected::Other("a date-time"),
            Value::Array(_) => Unexpected::Seq,
            Value::Table(_) => Unexpected::Map,
        }
    }

    fn table(self) -> Option<TableDeserializer<'de>> {
        match &self.0.value {
            Value::Table(entries) => Some(TableDeserializer { entries, taken: &[] }),
            _ => None,
        }
    }
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        match &self.0.value {
            Value::String(text) | Value::Datetime(text) => visitor.visit_str(text),
            Value::Integer(number) => visitor.visit_i64(*number),
            Value::Unsigned(number) => visitor.visit_u64(*number),
            Value::Float(number) => visitor.visit_f64(*number),
            Value::Boolean(value) => visitor.visit_bool(*value),
            Value::Array(items) => visit_array(items, visitor),
            Value::Table(entries) => TableDeserializer { entries, taken: &[] }.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        let table = self.table().ok_or_else(|| ValueError::wrong_type(self.unexpected(), "a table"))?;
        table.deserialize_unit_struct(name, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        let table = self.table().ok_or_else(|| ValueError::wrong_type(self.unexpected(), "a table"))?;
        table.deserialize_struct(name, fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        match &self.0.value {
            Value::String(text) => visitor.visit_enum(variant(text)),
            _ => Err(ValueError::wrong_type(self.unexpected(), "a string")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit seq tuple
        tuple_struct map identifier ignored_any
    }
}

impl<'de> TableDeserializer<'de> {
    /// Fails on the first key, in the order of the file, that is neither a field nor taken.
    pub(super) fn reject_unknown(&self, fields: &[&str]) -> Result<(), ValueError> {
        let known = |key: &str| fields.contains(&key) || self.is_taken(key);
        let Some(entry) = self.entries.iter().find(|entry| !known(&entry.key)) else {
            return Ok(());
        };
        let taken = self.taken.iter().filter(|key| !fields.contains(&key.as_str())).cloned();
        let valid = fields.iter().map(|&field| field.to_owned()).chain(taken).collect();
        Err(ValueError::new(Problem::UnknownKey { key: entry.key.clone(), valid }).at(&entry.key_span))
    }

    fn is_taken(&self, key: &str) -> bool {
        self.taken.iter().any(|taken| taken == key)
    }

    fn visit<V: Visitor<'de>>(self, fields: &[&str], visitor: V) -> Result<V::Value, ValueError> {
        let visible = |entry: &&Entry| fields.contains(&entry.key.as_str()) || !self.is_taken(&entry.key);
        let entries: Vec<&'de Entry> = self.entries.iter().filter(visible).collect();
        visitor.visit_map(Entries { rest: entries.into_iter(), current: None })
    }
}

impl<'de> Deserializer<'de> for TableDeserializer<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.visit(&[], visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        self.reject_unknown(&[])?;
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        self.reject_unknown(fields)?;
        self.visit(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        _visitor: V,
    ) -> Result<V::Value, ValueError> {
        Err(ValueError::wrong_type(Unexpected::Map, "a string"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf seq tuple
        tuple_struct map identifier ignored_any
    }
}

fn visit_array<'de, V: Visitor<'de>>(items: &'de [Node], visitor: V) -> Result<V::Value, ValueError> {
    let mut rest = Items { rest: items.iter().enumerate() };
    let value = visitor.visit_seq(&mut rest)?;
    let unread = rest.rest.len();
    if unread == 0 {
        return Ok(value);
    }
    let (expected, found) = (values(items.len() - unread), values(items.len()));
    Err(ValueError::invalid(format_args!("expected an array of {expected}, found {found}")))
}

struct Items<'de> {
    rest: std::iter::Enumerate<std::slice::Iter<'de, Node>>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = ValueError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ValueError> {
        let Some((index, node)) = self.rest.next() else {
            return Ok(None);
        };
        let value = seed.deserialize(NodeDeserializer(node));
        value.map(Some).map_err(|error| error.at(&node.span).within(Segment::Index(index)))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

struct Entries<'de> {
    rest: std::vec::IntoIter<&'de Entry>,
    current: Option<&'de Entry>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = ValueError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ValueError> {
        self.current = self.rest.next();
        let Some(entry) = self.current else {
            return Ok(None);
        };
        let key = seed.deserialize(KeyDeserializer(&entry.key));
        key.map(Some).map_err(|error| error.at(&entry.key_span).within(Segment::Key(entry.key.clone())))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, ValueError> {
        let entry =
            self.current.take().ok_or_else(|| ValueError::invalid("a value was read before its key"))?;
        let value = seed.deserialize(NodeDeserializer(&entry.node));
        value.map_err(|error| error.at(&entry.node.span).within(Segment::Key(entry.key.clone())))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.rest.len())
    }
}

/// Reads a key of a map: a string, or a newtype or enum of one.
struct KeyDeserializer<'de>(&'de str);

impl<'de> Deserializer<'de> for KeyDeserializer<'de> {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_str(self.0)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ValueError> {
        visitor.visit_enum(variant(self.0))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

/// A unit variant named by a plain string.
fn variant(text: &str) -> impl EnumAccess<'_, Error = ValueError> {
    let deserializer: StrDeserializer<'_, ValueError> = text.into_deserializer();
    deserializer
}
