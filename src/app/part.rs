//! Parts of the page that are drawn again only when what they show has changed.
//!
//! One component serves them all: Yew makes some five kilobytes of code for every component, and there are two dozen
//! parts.

use std::any::Any;
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
