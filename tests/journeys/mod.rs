//! Pages, as readers without JavaScript see them.

mod finding;
mod screens;
mod shell;
mod single_justice;
