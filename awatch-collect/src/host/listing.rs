//! Things that a kernel table lists and that come and go: disks, interfaces.

/// What is known of the things listed at the tick before, in the order of the table.
///
/// In a table that did not change each thing is found at once; what is not listed any more is forgotten.
#[derive(Debug)]
pub(super) struct Listing<T> {
    entries: Vec<Entry<T>>,
    next: usize,
}

#[derive(Debug)]
struct Entry<T> {
    name: Box<[u8]>,
    /// `None`: not to be reported.
    value: Option<T>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { entries: Vec::new(), next: 0 }
    }
}

impl<T> Listing<T> {
    /// Starts at the top of the table.
    pub(super) fn begin(&mut self) {
        self.next = 0;
    }

    /// What is known of the next thing in the table, made by `make` from its name when it is new. `None` when `make`
    /// said that it is not to be reported, and when the table had that name already.
    pub(super) fn next(&mut self, name: &[u8], make: impl FnOnce(&str) -> Option<T>) -> Option<&mut T> {
        let (listed, rest) = self.entries.split_at_checked(self.next)?;
        if let Some(ahead) = rest.iter().position(|entry| *entry.name == *name) {
            self.entries.swap(self.next, self.next + ahead);
        } else if listed.iter().any(|entry| *entry.name == *name) {
            return None;
        } else {
            self.entries.push(Entry { name: name.into(), value: make(&text(name)) });
            let last = self.entries.len() - 1;
            self.entries.swap(self.next, last);
        }
        self.next += 1;
        self.entries.get_mut(self.next - 1)?.value.as_mut()
    }

    /// Forgets what was not in the table.
    pub(super) fn end(&mut self) {
        self.entries.truncate(self.next);
    }
}

/// A kernel name as text; bytes that are no text are escaped, so that two names stay two.
pub(super) fn text(name: &[u8]) -> String {
    std::str::from_utf8(name).map_or_else(|_| name.escape_ascii().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pass(listing: &mut Listing<u32>, names: &[&str], mark: u32) -> Vec<Option<u32>> {
        listing.begin();
        let found = names
            .iter()
            .map(|name| {
                listing.next(name.as_bytes(), |text| (text != "lo").then_some(mark)).map(|value| *value)
            })
            .collect();
        listing.end();
        found
    }

    #[test]
    fn what_stays_is_kept_and_what_goes_is_forgotten() {
        let mut listing = Listing::default();
        assert_eq!(pass(&mut listing, &["a", "lo", "b"], 1), [Some(1), None, Some(1)]);
        assert_eq!(pass(&mut listing, &["b", "c", "a"], 2), [Some(1), Some(2), Some(1)]);
        assert_eq!(pass(&mut listing, &["c", "lo"], 3), [Some(2), None]);
        assert_eq!(pass(&mut listing, &["a", "b", "c"], 4), [Some(4), Some(4), Some(2)]);
        assert_eq!(pass(&mut listing, &[], 5), []);
        assert_eq!(pass(&mut listing, &["a"], 6), [Some(6)]);
    }

    #[test]
    fn a_name_listed_twice_counts_once() {
        let mut listing = Listing::default();
        for mark in 1..3 {
            assert_eq!(pass(&mut listing, &["a", "b", "a"], mark), [Some(1), Some(1), None]);
        }
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        assert_eq!(text(b"\xffa"), "\\xffa");
        assert_ne!(text(b"\xff"), text(b"\xfe"));
    }
}
