//! Things that a kernel table lists and that come and go: disks, interfaces.

/// What is known of the things listed at the tick before, in the order of the table.
///
/// In a table that did not change each thing is found at once; what is not listed any more is forgotten. Of more things
/// than there is room for, the first ones stay until they go.
#[derive(Debug)]
pub(crate) struct Listing<T> {
    entries: Vec<Entry<T>>,
    next: usize,
    max: usize,
    /// How many of the entries are to be reported.
    kept: usize,
}

#[derive(Debug)]
struct Entry<T> {
    name: Box<[u8]>,
    value: Value<T>,
}

#[derive(Debug)]
enum Value<T> {
    Kept(T),
    /// It is not to be reported.
    Unwanted,
    /// There was no room for it.
    LeftOut,
}

impl<T> Listing<T> {
    /// An empty list, with room for `max` things that are to be reported.
    pub(crate) fn new(max: usize) -> Self {
        Self { entries: Vec::new(), next: 0, max, kept: 0 }
    }

    /// Starts at the top of the table.
    pub(crate) fn begin(&mut self) {
        self.next = 0;
    }

    /// What is known of the next thing in the table, made by `make` from its name when it is new. `None` when `make`
    /// said that it is not to be reported, when there is no room for it, and when the table had that name already.
    pub(crate) fn next(&mut self, name: &[u8], make: impl FnOnce(&str) -> Option<T>) -> Option<&mut T> {
        let (listed, rest) = self.entries.split_at_checked(self.next)?;
        let known = rest.iter().position(|entry| *entry.name == *name);
        if let Some(ahead) = known {
            self.entries.swap(self.next, self.next + ahead);
        } else if listed.iter().any(|entry| *entry.name == *name) {
            return None;
        } else {
            self.entries.push(Entry { name: name.into(), value: Value::LeftOut });
            let last = self.entries.len() - 1;
            self.entries.swap(self.next, last);
        }
        let entry = self.entries.get_mut(self.next)?;
        self.next += 1;
        let room = self.kept < self.max;
        if known.is_none() || (room && matches!(entry.value, Value::LeftOut)) {
            let value = make(&text(name));
            self.kept += usize::from(value.is_some() && room);
            entry.value = match value {
                Some(value) if room => Value::Kept(value),
                Some(_) => Value::LeftOut,
                None => Value::Unwanted,
            };
        }
        match &mut entry.value {
            Value::Kept(value) => Some(value),
            Value::Unwanted | Value::LeftOut => None,
        }
    }

    /// The things that are to be reported.
    pub(crate) fn kept(&mut self) -> impl Iterator<Item = &mut T> {
        self.entries.iter_mut().filter_map(|entry| match &mut entry.value {
            Value::Kept(value) => Some(value),
            Value::Unwanted | Value::LeftOut => None,
        })
    }

    /// Forgets what was not in the table. Returns how many things there was no room for.
    pub(crate) fn end(&mut self) -> usize {
        self.entries.truncate(self.next);
        let count =
            |wanted: fn(&Value<T>) -> bool| self.entries.iter().filter(|entry| wanted(&entry.value)).count();
        self.kept = count(|value| matches!(value, Value::Kept(_)));
        count(|value| matches!(value, Value::LeftOut))
    }
}

/// A kernel name as text; bytes that are no text are escaped, so that two names stay two.
pub(crate) fn text(name: &[u8]) -> String {
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
        assert_eq!(listing.end(), 0);
        found
    }

    #[test]
    fn what_stays_is_kept_and_what_goes_is_forgotten() {
        let mut listing = Listing::new(3);
        assert_eq!(pass(&mut listing, &["a", "lo", "b"], 1), [Some(1), None, Some(1)]);
        assert_eq!(pass(&mut listing, &["b", "c", "a"], 2), [Some(1), Some(2), Some(1)]);
        assert_eq!(pass(&mut listing, &["c", "lo"], 3), [Some(2), None]);
        assert_eq!(pass(&mut listing, &["a", "b", "c"], 4), [Some(4), Some(4), Some(2)]);
        assert_eq!(pass(&mut listing, &[], 5), []);
        assert_eq!(pass(&mut listing, &["a"], 6), [Some(6)]);
    }

    #[test]
    fn a_name_listed_twice_counts_once() {
        let mut listing = Listing::new(3);
        for mark in 1..3 {
            assert_eq!(pass(&mut listing, &["a", "b", "a"], mark), [Some(1), Some(1), None]);
        }
    }

    #[test]
    fn what_there_is_no_room_for_comes_in_when_another_goes() {
        let mut listing = Listing::new(2);
        let mut pass = |names: &[&str]| {
            listing.begin();
            let kept: Vec<_> = names
                .iter()
                .filter(|name| listing.next(name.as_bytes(), |text| (text != "lo").then_some(())).is_some())
                .copied()
                .collect();
            (kept.concat(), listing.end())
        };
        assert_eq!(pass(&["lo", "a", "b", "c", "d"]), ("ab".to_owned(), 2));
        assert_eq!(pass(&["c", "lo", "a", "b", "d"]), ("ab".to_owned(), 2));
        assert_eq!(pass(&["c", "a", "d"]), ("a".to_owned(), 2));
        assert_eq!(pass(&["c", "a", "d"]), ("ca".to_owned(), 1));
    }

    #[test]
    fn names_that_are_no_text_stay_apart() {
        assert_eq!(text(b"\xffa"), "\\xffa");
        assert_ne!(text(b"\xff"), text(b"\xfe"));
    }
}
