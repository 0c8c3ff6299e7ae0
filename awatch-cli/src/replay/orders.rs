//! What a person types to go on step by step.

use std::io::BufRead;
use std::sync::mpsc::{Receiver, channel};

use crate::failure::Failure;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// So many seconds on.
    Steps(u32),
    /// The rest.
    Finish,
    /// The end.
    Quit,
    /// None of these.
    Unknown,
}

impl Order {
    fn of(line: &str) -> Self {
        match line.trim() {
            "" => Self::Steps(1),
            "c" | "continue" => Self::Finish,
            "q" | "quit" => Self::Quit,
            text => text.parse().map_or(Self::Unknown, Self::Steps),
        }
    }
}

/// The lines of standard input, read by a thread of their own so that a signal ends the waiting. The end of the input
/// is the last order: to quit.
pub(super) fn read() -> Result<Receiver<Order>, Failure> {
    let (tell, orders) = channel();
    let read = move || {
        let lines = std::io::stdin().lock().lines().map_while(Result::ok).map(|line| Order::of(&line));
        for order in lines.chain(std::iter::once(Order::Quit)) {
            if tell.send(order).is_err() {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("awatch-stdin".to_owned())
        .spawn(read)
        .map_err(|error| Failure::Setup { what: "a thread", source: error.into() })?;
    Ok(orders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_steps_the_rest_or_the_end() {
        for (line, order) in [
            ("", Order::Steps(1)),
            (" 30 ", Order::Steps(30)),
            ("c", Order::Finish),
            ("q", Order::Quit),
            ("-1", Order::Unknown),
            ("next", Order::Unknown),
        ] {
            assert_eq!(Order::of(line), order, "{line}");
        }
    }
}
