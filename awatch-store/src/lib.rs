#![doc = include_str!("../README.md")]

mod byte_size;
pub mod conformance;
pub mod file;
pub mod memory;
#[cfg(feature = "parquet")]
pub mod parquet;
pub mod query;

pub use byte_size::{ByteSize, ParseByteSizeError};
pub use memory::{MemoryStore, MemoryStoreConfig, MemoryStoreConfigError};
