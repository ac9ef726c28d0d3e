//! Surfaces: a list document and its layout in, a page, PDF, spreadsheet or mail text out.
//!
//! Every writer takes its words from [`lists::format`], by way of one view of the list, so that a list says
//! the same on every surface.

pub mod html;
pub mod pdf;
pub mod text;
pub mod xlsx;

mod blank;
mod sort;
mod view;
mod words;

#[cfg(test)]
mod examples_tests;
#[cfg(test)]
mod samples;
