// SPDX-License-Identifier: Apache-2.0
#include "ui/rating/rating_text.h"

#include <QCoreApplication>

namespace ui {

namespace {
struct Words {
    Q_DECLARE_TR_FUNCTIONS(ui::Rating)
};
}  // namespace

QString ratingText(int stars) {
    // One is a sentence of its own: the source text then reads well without an English catalogue.
    if (stars <= 0) return Words::tr("Not rated");
    if (stars == 1) return Words::tr("1 star");
    return Words::tr("%n stars", nullptr, stars);
}

}  // namespace ui
