// SPDX-License-Identifier: Apache-2.0
#include "ui/gallery/gallery_filter.h"

#include <QStringTokenizer>
#include <algorithm>
#include <cmath>

namespace ui {

bool GalleryFilter::matches(const app::LibraryItem& item, const PictureTaste& taste) const {
    if (only_picked && taste.pick != app::PickAnswer::picked) return false;
    if (item.rating < minimum_stars) {
        const bool predicted = counts_predicted && item.rating == 0 && taste.predicted && shownStars(*taste.predicted) >= minimum_stars;
        if (!predicted) return false;
    }
    for (const QStringView word : QStringTokenizer{words, u' ', Qt::SkipEmptyParts}) {
        if (!item.prompt.contains(word, Qt::CaseInsensitive)) return false;
    }
    return true;
}

double shownStars(const app::Opinion& opinion) {
    constexpr double tenths = 10.0;
    return std::round(std::clamp(opinion.stars, 1.0, 5.0) * tenths) / tenths;
}

}  // namespace ui
