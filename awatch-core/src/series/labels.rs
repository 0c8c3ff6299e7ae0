use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::{Name, NameError};

/// Names with values that tell one series of a metric from another, sorted by name. Cheap to clone.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Labels(Arc<[(Name, Arc<str>)]>);

impl Labels {
    /// No labels.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::from([]))
    }

    /// The labels given as `(name, value)`, in any order; of two with one name the later stays.
    ///
    /// # Errors
    /// [`NameError`] when a label's name is not a [`Name`]. Values may be any text.
    pub fn new<N: AsRef<str>, V: AsRef<str>>(
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, NameError> {
        let mut sorted = std::collections::BTreeMap::new();
        for (name, value) in pairs {
            sorted.insert(Name::new(name)?, Arc::from(value.as_ref()));
        }
        Ok(Self(sorted.into_iter().collect()))
    }

    /// The value under `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(own, _)| *own == name).map(|(_, value)| value)
    }

    /// The pairs, sorted by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Default for Labels {
    fn default() -> Self {
        Self::none()
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

/// `{name="value",…}`, or nothing when there are no labels; quotes and backslashes in values are escaped.
impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (name, value)) in self.iter().enumerate() {
            let before = if index == 0 { '{' } else { ',' };
            write!(f, "{before}{name}=\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))?;
        }
        if self.is_empty() { Ok(()) } else { f.write_str("}") }
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Labels {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = std::collections::BTreeMap::<String, String>::deserialize(deserializer)?;
        Self::new(pairs).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_of_giving_does_not_matter() {
        let one = Labels::new([("b", "2"), ("a", "1")]).unwrap();
        assert_eq!(one, Labels::new([("a", "1"), ("b", "2")]).unwrap());
        assert_eq!(one.to_string(), r#"{a="1",b="2"}"#);
        assert_eq!(one.get("b"), Some("2"));
        assert_eq!(Labels::none().to_string(), "");
        assert!(Labels::new([("a=b", "1")]).is_err());
    }
}
