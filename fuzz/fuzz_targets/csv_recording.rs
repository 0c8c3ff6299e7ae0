#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| awatch_fuzz::csv_recording(data));
