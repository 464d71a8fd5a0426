//! Parts of the page that are drawn again only when what they show has changed.
//!
//! One component serves them all: Yew makes some five kilobytes of code for every component, and there are two dozen
//! parts.

use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;

use yew::prelude::*;
use yew::virtual_dom::{Key, VComp};

/// What a part shows, as a value that can be compared, and how it is drawn.
pub(super) trait Part: PartialEq + 'static {
    /// Draws it.
    fn draw(&self) -> Html;
}

/// A part of any type.
trait AnyPart {
    fn draw(&self) -> Html;
    fn same(&self, other: &dyn Any) -> bool;
    fn as_any(&self) -> &dyn Any;
}

impl<P: Part> AnyPart for P {
    fn draw(&self) -> Html {
        Part::draw(self)
    }

    fn same(&self, other: &dyn Any) -> bool {
        other.downcast_ref::<P>() == Some(self)
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// Properties of [`Holder`].
#[derive(Clone, Properties)]
struct Held {
    part: Rc<dyn AnyPart>,
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.part.same(other.part.as_any())
    }
}

/// The one component; Yew draws it again when its properties differ.
struct Holder;

impl Component for Holder {
    type Message = ();
    type Properties = Held;

    fn create(_ctx: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        ctx.props().part.draw()
    }
}

/// A part, drawn again only when it differs from what stood in its place before.
pub(super) fn part<P: Part>(shown: P) -> Html {
    hold(Rc::new(shown), None)
}

/// A part in a list, told from its neighbours by a number.
pub(super) fn keyed<P: Part>(key: u64, shown: P) -> Html {
    hold(Rc::new(shown), Some(Key::from(key)))
}

fn hold(part: Rc<dyn AnyPart>, key: Option<Key>) -> Html {
    VComp::new::<Holder>(Rc::new(Held { part }), key).into()
}

/// What is drawn again only when its number has changed.
#[derive(PartialEq)]
struct Numbered {
    number: u32,
    drawn: Same,
}

/// Equal to anything: its number tells.
struct Same(Html);

impl PartialEq for Same {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

impl Part for Numbered {
    fn draw(&self) -> Html {
        self.drawn.0.clone()
    }
}

/// Something that changes in every frame and that nobody reads sixty times a second: drawn from anew now and then, and
/// left alone in between.
#[derive(Default)]
pub(super) struct Kept(RefCell<(u32, Html)>);

impl Kept {
    /// What was drawn last; drawn anew first if `anew`.
    pub(super) fn part(&self, anew: bool, draw: impl FnOnce() -> Html) -> Html {
        let mut kept = self.0.borrow_mut();
        if anew {
            *kept = (kept.0.wrapping_add(1), draw());
        }
        part(Numbered { number: kept.0, drawn: Same(kept.1.clone()) })
    }
}
