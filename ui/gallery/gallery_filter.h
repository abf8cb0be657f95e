// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "app/library/library_item.h"

namespace ui {

/// Which pictures are shown.
struct GalleryFilter {
    QString words;  ///< each of them must be in the prompt, in any order and case
    int minimum_stars = 0;

    bool isEmpty() const { return words.trimmed().isEmpty() && minimum_stars == 0; }
    bool matches(const app::LibraryItem& item) const;
    bool operator==(const GalleryFilter&) const = default;
};

}  // namespace ui
