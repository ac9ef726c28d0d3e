//! The flow of a document over its pages: rows of text blocks, page breaks, repeated table heads.

use super::font::{Faces, Style};
use super::tree::{Place, Tree};

/// A4 in points, and the margins.
const SHORT: f32 = 595.28;
const LONG: f32 = 841.89;
const SIDE: f32 = 40.0;
const TOP: f32 = 40.0;
const BOTTOM: f32 = 50.0;

/// Something on a page. Coordinates are points from the top left corner.
pub(super) enum Ink {
    /// A line of text at its baseline; without a place it is an artifact.
    Text { x: f32, y: f32, style: Style, line: String, place: Option<Place> },
    /// A filled rectangle, an artifact.
    Fill { x: f32, y: f32, width: f32, height: f32, shade: Shade },
}

/// The greys of GOV.UK pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shade {
    /// Of headings' rules.
    Black,
    /// Of thin rules.
    Border,
    /// Behind a card's title.
    Background,
}

/// Lines of text at an offset from the left margin.
pub(super) struct Block {
    pub x: f32,
    pub style: Style,
    pub lines: Vec<String>,
    pub place: Place,
}

/// What surrounds a row of blocks.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Frame {
    pub above: f32,
    pub below: f32,
    /// A rule below: its thickness in points and its shade.
    pub rule: Option<(f32, Shade)>,
    pub background: bool,
}

impl Frame {
    /// How much higher it makes a row, in points.
    pub(super) fn around(self) -> f32 {
        self.above + self.below + self.rule.map_or(0.0, |(thickness, _)| thickness)
    }
}

/// A heading's level, text and position, for the outline.
pub(super) struct Mark {
    pub level: usize,
    pub text: String,
    pub page: usize,
    pub y: f32,
}

/// Pages being filled, top to bottom.
pub(super) struct Flow<'f> {
    pub faces: &'f Faces,
    pub tree: Tree,
    pub pages: Vec<Vec<Ink>>,
    pub marks: Vec<Mark>,
    pub page_size: (f32, f32),
    y: f32,
    /// The head of the table that is being written, drawn again on each page it reaches.
    repeated: Option<(Vec<Block>, Frame)>,
}

impl<'f> Flow<'f> {
    pub(super) fn new(faces: &'f Faces, landscape: bool) -> Self {
        let page_size = if landscape { (LONG, SHORT) } else { (SHORT, LONG) };
        let pages = vec![Vec::new()];
        Self { faces, tree: Tree::default(), pages, marks: Vec::new(), page_size, y: TOP, repeated: None }
    }

    /// Between the margins.
    pub(super) fn width(&self) -> f32 {
        self.page_size.0 - 2.0 * SIDE
    }

    fn bottom(&self) -> f32 {
        self.page_size.1 - BOTTOM
    }

    fn left(&self) -> f32 {
        self.bottom() - self.y
    }

    /// What a new page holds below a repeated head.
    fn capacity(&self) -> f32 {
        let head = self.repeated.as_ref().map_or(0.0, |(blocks, frame)| height(blocks, *frame));
        self.bottom() - TOP - head
    }

    /// Empty space, none at the top of a page.
    pub(super) fn space(&mut self, points: f32) {
        if self.y > TOP {
            self.y += points;
        }
    }

    /// Starts a page now if `points` do not fit on this one but do fit on a page.
    pub(super) fn keep(&mut self, points: f32) {
        if points > self.left() && points <= self.capacity() {
            self.turn();
        }
    }

    /// Remembers a heading at the present position.
    pub(super) fn mark(&mut self, level: usize, text: &str) {
        self.marks.push(Mark { level, text: text.to_owned(), page: self.pages.len() - 1, y: self.y });
    }

    /// Writes the head of a table now, and again as an artifact on every page until [`Flow::end_table`].
    pub(super) fn begin_table(&mut self, head: Vec<Block>, frame: Frame) {
        let again = head
            .iter()
            .map(|block| Block {
                x: block.x,
                style: block.style,
                lines: block.lines.clone(),
                place: block.place,
            })
            .collect();
        self.row(head, frame);
        self.repeated = Some((again, frame));
    }

    pub(super) fn end_table(&mut self) {
        self.repeated = None;
    }

    /// Writes blocks side by side. A row that fits on a page stays whole; a taller one is split at lines.
    pub(super) fn row(&mut self, blocks: Vec<Block>, frame: Frame) {
        let whole = height(&blocks, frame);
        let two_lines = blocks.iter().map(|block| block.style.line_height() * 2.0).fold(0.0, f32::max);
        let least = whole.min(two_lines + frame.above + frame.below);
        if whole > self.left() && (whole <= self.capacity() || self.left() < least) {
            self.turn();
        }
        let mut rest: Vec<(Block, usize)> = blocks.into_iter().map(|block| (block, 0)).collect();
        loop {
            self.slice(&mut rest, frame);
            if rest.iter().all(|(block, done)| *done == block.lines.len()) {
                break;
            }
            self.turn();
        }
        if let Some((thickness, shade)) = frame.rule {
            let (x, y, width) = (SIDE, self.y, self.width());
            self.ink(Ink::Fill { x, y, width, height: thickness, shade });
            self.y += thickness;
        }
    }

    /// Writes as many lines of each block as this page holds, at least one.
    fn slice(&mut self, rest: &mut [(Block, usize)], frame: Frame) {
        let room = self.left() - frame.above - frame.below;
        let mut used = 0.0_f32;
        let mut inks = Vec::new();
        for (block, done) in rest.iter_mut() {
            let line_height = block.style.line_height();
            let fitting = ((room / line_height) + 0.001).floor().max(1.0) as usize;
            let upto = (*done + fitting).min(block.lines.len());
            let mut y = self.y + frame.above;
            used = used.max((upto - *done) as f32 * line_height);
            for line in &mut block.lines[*done..upto] {
                let (x, baseline) = (SIDE + block.x, y + block.style.ascent());
                let (style, place, line) = (block.style, Some(block.place), std::mem::take(line));
                inks.push(Ink::Text { x, y: baseline, style, line, place });
                y += line_height;
            }
            *done = upto;
        }
        let height = used + frame.above + frame.below;
        if frame.background {
            let (x, y, width) = (SIDE, self.y, self.width());
            self.ink(Ink::Fill { x, y, width, height, shade: Shade::Background });
        }
        inks.into_iter().for_each(|ink| self.ink(ink));
        self.y += height;
    }

    /// Starts a page, with the head of the present table if there is one.
    fn turn(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
        let Some((blocks, frame)) = self.repeated.take() else { return };
        let (top, width) = (self.y + frame.above, self.width());
        for block in &blocks {
            for (line, n) in block.lines.iter().zip(0_u16..) {
                let y = top + f32::from(n) * block.style.line_height() + block.style.ascent();
                let (x, style, line) = (SIDE + block.x, block.style, line.clone());
                self.ink(Ink::Text { x, y, style, line, place: None });
            }
        }
        self.y += height(&blocks, frame);
        if let Some((thickness, shade)) = frame.rule {
            let y = self.y - thickness;
            self.ink(Ink::Fill { x: SIDE, y, width, height: thickness, shade });
        }
        self.repeated = Some((blocks, frame));
    }

    fn ink(&mut self, ink: Ink) {
        if let Some(page) = self.pages.last_mut() {
            page.push(ink);
        }
    }

    /// Page numbers and the list's name at the foot of every page, as artifacts.
    pub(super) fn foot(&mut self, name: &str, number: impl Fn(usize, usize) -> String) {
        let style = Style::regular(8.0);
        let pages = self.pages.len();
        let y = self.page_size.1 - 26.0;
        for (page, n) in self.pages.iter_mut().zip(1..) {
            let words = number(n, pages);
            let width = self.faces.face(style).width(&words) * style.size;
            let x = self.page_size.0 - SIDE - width;
            page.push(Ink::Text { x, y, style, line: words, place: None });
            let limit = self.page_size.0 - 2.0 * SIDE - width - 20.0;
            if let Some(line) = self.faces.wrap(name, style, limit).into_iter().next() {
                page.push(Ink::Text { x: SIDE, y, style, line, place: None });
            }
        }
    }
}

/// What a row takes, in points.
pub(super) fn height(blocks: &[Block], frame: Frame) -> f32 {
    let tallest = blocks.iter().map(|block| block.lines.len() as f32 * block.style.line_height());
    tallest.fold(0.0, f32::max) + frame.around()
}
