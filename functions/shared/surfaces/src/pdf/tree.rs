//! The structure tree while pages are laid out: which content is a heading, a cell, a list item.

use krilla::tagging::{Identifier, TagGroup, TagKind, TagTree};

use crate::view::Lang;

/// A place in the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place(usize);

/// A tree being built. An element has either further elements or content, in reading order.
#[derive(Default)]
pub(super) struct Tree {
    elements: Vec<Element>,
    outermost: Vec<usize>,
}

struct Element {
    tag: TagKind,
    children: Vec<usize>,
    content: Vec<Identifier>,
}

impl Tree {
    /// Adds an element after the others in `parent`, or at the outermost level.
    pub(super) fn add(&mut self, parent: Option<Place>, tag: impl Into<TagKind>) -> Place {
        let place = self.elements.len();
        self.elements.push(Element { tag: tag.into(), children: Vec::new(), content: Vec::new() });
        match parent {
            Some(Place(parent)) => self.elements[parent].children.push(place),
            None => self.outermost.push(place),
        }
        Place(place)
    }

    /// As [`Tree::add`], for an element in a language that is not the document's.
    pub(super) fn add_in(&mut self, lang: Lang, parent: Option<Place>, tag: impl Into<TagKind>) -> Place {
        let tag = tag.into();
        self.add(parent, if lang.is_some() { tag.with_lang(lang.map(str::to_owned)) } else { tag })
    }

    /// Says that a piece of marked content belongs to an element.
    pub(super) fn fill(&mut self, Place(place): Place, content: Identifier) {
        self.elements[place].content.push(content);
    }

    /// The tree as the document takes it.
    pub(super) fn finish(mut self) -> TagTree {
        let mut tree = TagTree::new();
        for place in std::mem::take(&mut self.outermost) {
            tree.push(self.group(place));
        }
        tree
    }

    /// Nesting is bounded: sections, a table, its body, a row, a cell.
    fn group(&mut self, place: usize) -> TagGroup {
        let children = std::mem::take(&mut self.elements[place].children);
        let element = &self.elements[place];
        let mut group = TagGroup::new(element.tag.clone());
        for content in &element.content {
            group.push(*content);
        }
        for child in children {
            group.push(self.group(child));
        }
        group
    }
}
