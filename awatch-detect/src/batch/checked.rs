/// The configuration of a batch detector whose parameters have been checked: what the configuration's `build` gives,
/// and what is fitted.
///
/// # Example
/// ```
/// use awatch_detect::isolation_forest::IsolationForest;
///
/// let forest = IsolationForest::default().with_trees(50).build()?;
/// assert_eq!(forest.config().trees, 50);
/// # Ok::<(), awatch_core::DetectError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Checked<C> {
    config: C,
}

impl<C> Checked<C> {
    /// A configuration that its caller has checked.
    pub(crate) fn new(config: C) -> Self {
        Self { config }
    }

    /// The parameters.
    #[must_use]
    pub fn config(&self) -> &C {
        &self.config
    }
}
