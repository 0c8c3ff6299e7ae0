use std::thread::JoinHandle;

use super::{Engine, EngineError, EngineHandle, Shutdown, Summary};

/// An engine that runs on a thread of its own. Dropping it ends the run and waits for it.
#[derive(Debug)]
pub struct Running {
    handle: EngineHandle,
    shutdown: Shutdown,
    thread: Option<JoinHandle<(Engine, Result<Summary, EngineError>)>>,
}

impl Engine {
    /// Runs on a thread of its own until stopped or dropped.
    ///
    /// # Errors
    /// [`EngineError::Thread`] when the thread cannot be started.
    pub fn spawn(mut self) -> Result<Running, EngineError> {
        let (handle, shutdown) = (self.handle(), Shutdown::new());
        let own = shutdown.clone();
        let thread = std::thread::Builder::new()
            .name("awatch-engine".to_owned())
            .spawn(move || {
                let summary = self.run(&own);
                (self, summary)
            })
            .map_err(|source| EngineError::Thread { source })?;
        Ok(Running { handle, shutdown, thread: Some(thread) })
    }
}

impl Running {
    /// The program's way to the engine.
    #[must_use]
    pub fn handle(&self) -> &EngineHandle {
        &self.handle
    }

    /// Ends the run; answers the engine and what it did.
    ///
    /// # Errors
    /// As [`Engine::run`]; [`EngineError::Thread`] when the engine itself panicked.
    pub fn stop(mut self) -> Result<(Engine, Summary), EngineError> {
        self.shutdown.trigger();
        let lost = || EngineError::Thread { source: std::io::Error::other("the engine panicked") };
        let (engine, summary) = self.thread.take().and_then(|thread| thread.join().ok()).ok_or_else(lost)?;
        Ok((engine, summary?))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.trigger();
        if let Some(thread) = self.thread.take() {
            // A panic of the engine was reported by its own thread.
            drop(thread.join());
        }
    }
}
