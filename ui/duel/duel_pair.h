// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/library/library_item.h"

namespace ui {

/// Two pictures to choose between, in the order in which they are shown.
struct DuelPair {
    app::ItemId left;
    app::ItemId right;

    bool operator==(const DuelPair&) const = default;
};

enum class DuelAnswer { left, right, equal, skip };

}  // namespace ui
