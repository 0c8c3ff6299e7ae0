//! The store on disk: its laws, a model of it, crashes, damage, readers beside the writer, and files of former versions.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod conformance;
mod golden;
mod kill;
mod model;
mod reader;
mod recovery;
mod samples;
