//! Pages, as readers without JavaScript see them.

mod finding;
mod shell;
mod single_justice;
