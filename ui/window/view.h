// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ui {

/// What the window shows between toolbar and strip.
enum class View {
    studio,   ///< prompt, one picture, inspector, strip
    library,  ///< prompt, all pictures, inspector
    duel,     ///< two pictures, nothing else
    taste,    ///< what the model learnt, a page to read
    count
};

}  // namespace ui
