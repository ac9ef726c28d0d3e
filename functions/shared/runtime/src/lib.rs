//! What every function needs and nothing any one of them is about: the Functions envelope, the register's
//! types, the App state, `Problem`, settings and telemetry.

pub mod admission;
pub mod app;
mod drain;
pub mod envelope;
pub mod extract;
pub mod problem;
pub mod reads;
pub mod register;
pub mod server;
pub mod settings;
pub mod telemetry;
pub mod turns;

pub use admission::{Anyone, Operator, Publisher, Reader};
pub use app::App;
pub use envelope::{BlobEvent, QueueMessage, TimerTick};
pub use problem::{Fault, Problem};
pub use reads::{Read, Reads};
pub use register::{Function, Outcome, Routes, TriggerError};
