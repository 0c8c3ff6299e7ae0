//! Queries beside a naive evaluation that knows nothing of streams, slices or steps that are over.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod answers;
mod listed;
mod naive;
mod refusals;
mod summaries;
