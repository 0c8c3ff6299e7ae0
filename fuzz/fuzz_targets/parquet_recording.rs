#![no_main]

libfuzzer_sys::fuzz_target!(
    // What the Parquet library panics over is an error of the reader: only other panics end the fuzzing.
    init: {
        let end = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            let is_theirs = |file: &str| file.contains("/parquet-") || file.contains("/arrow-");
            if !panic.location().is_some_and(|at| is_theirs(at.file())) {
                end(panic);
            }
        }));
    },
    |data: &[u8]| awatch_fuzz::parquet_recording(data)
);
