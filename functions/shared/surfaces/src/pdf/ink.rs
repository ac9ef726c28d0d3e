//! Laid-out pages into PDF bytes: draws them, ties marked content to the structure tree, validates.

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, ContentTag};
use krilla::{Document, SerializeSettings};

use super::PdfError;
use super::flow::{Flow, Ink, Mark, Shade};
use super::font::{Faces, Style};
use super::tree::{Place, Tree};

impl Shade {
    fn fill(self) -> Fill {
        let (red, green, blue) = match self {
            Self::Black => (0x0b, 0x0c, 0x0c),
            Self::Border => (0xb1, 0xb4, 0xb6),
            Self::Background => (0xf3, 0xf2, 0xf1),
        };
        Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
    }
}

/// Draws the pages and exports them; fails where the result would not be a valid PDF/UA-1.
pub(super) fn export(flow: Flow<'_>, metadata: Metadata) -> Result<Vec<u8>, PdfError> {
    let configuration = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1);
    let configuration = configuration.finish().map_err(|_| PdfError::Settings)?;
    let mut document =
        Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    let Flow { faces, mut tree, pages, marks, page_size, .. } = flow;
    for inks in pages {
        let settings = PageSettings::from_wh(page_size.0, page_size.1).ok_or(PdfError::Settings)?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        draw(&mut surface, inks, faces, &mut tree);
        surface.finish();
        page.finish();
    }
    document.set_metadata(metadata);
    document.set_outline(outline(&marks));
    document.set_tag_tree(tree.finish());
    document.finish().map_err(PdfError::Export)
}

/// Neighbouring lines of one element are one piece of marked content.
fn draw(surface: &mut Surface<'_>, inks: Vec<Ink>, faces: &Faces, tree: &mut Tree) {
    let mut open: Option<Option<Place>> = None;
    for ink in inks {
        let place = match &ink {
            Ink::Text { place, .. } => *place,
            Ink::Fill { .. } => None,
        };
        if open != Some(place) || place.is_none() {
            if open.is_some() {
                surface.end_tagged();
            }
            start(surface, place, matches!(ink, Ink::Fill { .. }), tree);
            open = Some(place);
        }
        match ink {
            Ink::Text { x, y, style, line, .. } => write(surface, (x, y), &line, faces, style),
            Ink::Fill { x, y, width, height, shade } => {
                let Some(rect) = Rect::from_xywh(x, y, width, height) else { continue };
                let mut path = PathBuilder::new();
                path.push_rect(rect);
                let Some(path) = path.finish() else { continue };
                surface.set_fill(Some(shade.fill()));
                surface.draw_path(&path);
            }
        }
    }
    if open.is_some() {
        surface.end_tagged();
    }
}

fn start(surface: &mut Surface<'_>, place: Option<Place>, is_fill: bool, tree: &mut Tree) {
    let Some(place) = place else {
        let kind = if is_fill { ArtifactType::Layout } else { ArtifactType::PaginationOther };
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(kind)));
        return;
    };
    let content = surface.start_tagged(ContentTag::Other);
    tree.fill(place, content);
}

fn write(surface: &mut Surface<'_>, (x, y): (f32, f32), line: &str, faces: &Faces, style: Style) {
    if line.is_empty() {
        return;
    }
    let face = faces.face(style);
    surface.set_fill(Some(Shade::Black.fill()));
    surface.draw_glyphs(Point::from_xy(x, y), &face.glyphs(line), face.font.clone(), line, style.size, false);
}

/// The headings as bookmarks, nested by level.
fn outline(marks: &[Mark]) -> Outline {
    let mut outline = Outline::new();
    let mut rest = marks;
    while !rest.is_empty() {
        let (node, after) = bookmark(rest);
        outline.push_child(node);
        rest = after;
    }
    outline
}

/// The first of `marks` (not empty) with all that is below it, and the marks after those.
fn bookmark(marks: &[Mark]) -> (OutlineNode, &[Mark]) {
    let first = &marks[0];
    let to = XyzDestination::new(first.page, Point::from_xy(0.0, first.y));
    let mut node = OutlineNode::new(first.text.clone(), to).with_open(first.level < 3);
    let mut rest = &marks[1..];
    while rest.first().is_some_and(|next| next.level > first.level) {
        let (child, after) = bookmark(rest);
        node.push_child(child);
        rest = after;
    }
    (node, rest)
}

/// The moment the list was last updated, as a PDF date.
pub(super) fn pdf_date(at: chrono::DateTime<chrono::Utc>) -> Option<DateTime> {
    use chrono::{Datelike, Timelike};
    let small = |number: u32| u8::try_from(number).ok();
    let date = DateTime::new(u16::try_from(at.year()).ok()?).month(small(at.month())?).day(small(at.day())?);
    let date = date.hour(small(at.hour())?).minute(small(at.minute())?).second(small(at.second())?);
    Some(date.utc_offset_hour(0).utc_offset_minute(0))
}
