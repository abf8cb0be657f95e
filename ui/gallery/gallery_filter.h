// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <optional>

#include "app/feedback/preference_head.h"
#include "app/feedback/signal_store.h"
#include "app/library/library_item.h"

namespace ui {

/// What is known of a picture besides its row in the library.
struct PictureTaste {
    app::PickAnswer pick = app::PickAnswer::taken_back;
    std::optional<app::Opinion> predicted;  ///< of a picture that was not rated, while the head speaks
};

enum class GalleryOrder {
    newest,
    best  ///< by the stars that were given and, where there are none, by those that are predicted; what nobody knows comes last
};

/// Which pictures are shown, and in which order.
struct GalleryFilter {
    QString words;  ///< each of them must be in the prompt, in any order and case
    int minimum_stars = 0;
    bool counts_predicted = false;  ///< predicted stars are as good as given ones
    bool only_picked = false;
    GalleryOrder order = GalleryOrder::newest;

    bool isEmpty() const { return words.trimmed().isEmpty() && minimum_stars == 0 && !only_picked; }
    bool matches(const app::LibraryItem& item, const PictureTaste& taste = {}) const;
    bool operator==(const GalleryFilter&) const = default;
};

/// Stars as they are written, between 1 and 5 and to a tenth: what is shown as 4.0 is at least 4.
double shownStars(const app::Opinion& opinion);

}  // namespace ui
