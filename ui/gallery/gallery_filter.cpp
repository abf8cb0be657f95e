// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/gallery_filter.h"

#include <QStringTokenizer>

namespace ui {

bool GalleryFilter::matches(const app::LibraryItem& item) const {
    if (item.rating < minimum_stars) return false;
    for (const QStringView word : QStringTokenizer{words, u' ', Qt::SkipEmptyParts}) {
        if (!item.prompt.contains(word, Qt::CaseInsensitive)) return false;
    }
    return true;
}

}  // namespace ui
