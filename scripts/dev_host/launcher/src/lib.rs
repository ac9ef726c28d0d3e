//! What `pi-dev` is made of: services on this machine, the settings that name them, and the demonstration.
//!
//! Everything started here listens on 127.0.0.1, belongs to one run, and ends with it: see [`watchdog`].

pub mod cli;
pub mod client;
pub mod demo;
pub mod endpoints;
pub mod ports;
pub mod process;
pub mod progress;
pub mod project;
pub mod run;
pub mod screens;
pub mod services;
pub mod settings;
pub mod throw_away;
pub mod watchdog;
pub mod with_services;
