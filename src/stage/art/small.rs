//! A shop where there are more than a dozen: smaller, with fewer words, and with all of its marks.

use super::shop::{Front, differs, flame, frost, sign, walls};
use super::{mark, server, works};
use crate::stage::shape::{Shape, circle, path};
use crate::stage::shop::{ShopView, Walls};
use crate::stage::skin::Skin;

/// Walls, an awning (or a face), the sign and the marks.
#[inline(never)]
pub(super) fn draw(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let unlit = shop.marks.dark || shop.marks.fire || shop.walls == Walls::Charred;
    shapes.push(front.rect(11.0, 86.0, 128.0, 86.0, 0.0, walls(shop)));
    let mut stripes = front.pen(11.0, 86.0);
    let kept = match shop.skin {
        Skin::Servers => 0,
        _ if unlit => 0,
        Skin::Shops => 4,
        Skin::Library => 5,
    };
    for index in 0..kept {
        let (x, tall) =
            if shop.skin == Skin::Shops { (index as f32 * 36.0, 26.0) } else { (index as f32 * 28.0, 86.0) };
        let wide = if shop.skin == Skin::Shops { 18.0 } else { 12.0 };
        stripes = stripes.to(x, 0.0).line(x + wide, 0.0).line(x + wide, tall).line(x, tall).close();
    }
    if kept > 0 {
        shapes.push(stripes.shape(if shop.skin == Skin::Shops { "stripe" } else { "column" }));
    }
    if shop.skin == Skin::Servers {
        server::face(shop, unlit, front, shapes);
    }
    if shop.skin == Skin::Shops && !unlit {
        shapes.push(front.rect(22.0, 50.0, 68.0, 32.0, 2.0, "window"));
        let mut shelf = front.pen(26.0, 20.0);
        for index in 0..shop.goods.min(6) {
            let x = f32::from(index) * 10.5;
            shelf = shelf.to(x, 0.0).line(x + 7.0, 0.0).line(x + 7.0, -16.0).line(x, -16.0).close();
        }
        shapes.push(shelf.shape("goods"));
        shapes.push(front.rect(102.0, 50.0, 26.0, 50.0, 2.0, if shop.master { "door" } else { "door pale" }));
    }
    if let Some(share) = shop.bar.filter(|share| *share > 0) {
        shapes.push(front.rect(20.0, 10.0, 110.0 * f32::from(share) / 100.0, 8.0, 2.5, "bar-fill"));
    }
    if shop.marks.apart {
        works::closed_streets(shop, shapes);
    }
    sign(shop, front, shapes);
    if shop.marks.frost {
        frost(shop, shapes);
    }
    if shop.marks.fire && shop.skin != Skin::Servers {
        shapes.push(flame(front, 75.0, 6.0, 1.2).0);
    }
    if shop.marks.differs {
        differs(shop.front, shapes);
    }
    badges(shop, front, shapes);
}

/// What is doubted of it at its foot, and what it is about before its walls.
fn badges(shop: &ShopView, front: &Front, shapes: &mut Vec<Shape>) {
    let at = front.point(10.0, 20.0);
    let marks = shop.marks;
    if marks.question {
        shapes.push(circle(at.0, at.1, 9.0, "question"));
        shapes.push(path(mark::question(at, 1.0), "question-mark"));
    } else if marks.believed_lost {
        shapes.push(circle(at.0, at.1, 8.0, "said-lost"));
        shapes.push(path(mark::cross(at, 3.2), "refused-cross"));
    } else if marks.islands {
        shapes.push(circle(at.0, at.1, 4.5, "question islands"));
    }
    let middle = (front.point(75.0, 0.0).0, shop.front.middle_y() as f32 + 10.0);
    if marks.flag {
        shapes.extend(mark::flag(middle.0 - 8.0, middle.1 + 9.0, 22.0));
    } else if marks.arrow || marks.ring.is_some() {
        shapes.push(path(mark::arrow(middle, 1.0), "arrow"));
    }
}
