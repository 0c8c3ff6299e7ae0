/// A list of which one entry is chosen and some are in view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::view) struct List {
    pub(in crate::view) chosen: usize,
    /// The first entry in view.
    pub(in crate::view) top: usize,
}

impl List {
    /// Chooses the entry so many further on.
    pub(in crate::view) fn go(&mut self, by: isize) {
        self.chosen = self.chosen.saturating_add_signed(by);
    }

    /// Holds the choice within `count` entries, and in view when `height` of them are.
    pub(in crate::view) fn settle(&mut self, count: usize, height: usize) {
        let height = height.max(1);
        self.chosen = self.chosen.min(count.saturating_sub(1));
        self.top = self.top.min(count.saturating_sub(height)).min(self.chosen);
        self.top = self.top.max((self.chosen + 1).saturating_sub(height));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_choice_is_there_and_in_view() {
        let mut list = List::default();
        for (index, by) in [0, 9, 1, -1, 30, -7, 100, -100, 3].into_iter().cycle().take(900).enumerate() {
            let (count, height) = (index % 31, index % 7);
            list.go(by);
            list.settle(count, height);
            assert!(list.chosen < count.max(1));
            assert!((list.top..list.top + height.max(1)).contains(&list.chosen));
            assert!(list.top == 0 || list.top + height.max(1) <= count, "no room is wasted");
        }
    }
}
