use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Labels, Name, NameError};

/// A thing that is watched: a host, a service, a container, a scrape target. Its identity is `id`; the OpenTelemetry
/// resource attributes describe it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    id: Name,
    attributes: Labels,
}

impl Target {
    /// The target of that name, without attributes.
    ///
    /// # Errors
    /// [`NameError`] when `id` is not a [`Name`].
    pub fn new(id: impl AsRef<str>) -> Result<Arc<Self>, NameError> {
        Ok(Arc::new(Self { id: Name::new(id)?, attributes: Labels::none() }))
    }

    /// The target of that name with its resource attributes (`host.name`, `service.name`, …).
    #[must_use]
    pub fn with_attributes(id: Name, attributes: Labels) -> Arc<Self> {
        Arc::new(Self { id, attributes })
    }

    /// Its name, unique within an engine.
    #[must_use]
    pub fn id(&self) -> &Name {
        &self.id
    }

    /// Its resource attributes.
    #[must_use]
    pub fn attributes(&self) -> &Labels {
        &self.attributes
    }
}
