// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ui {

/// What of an earlier request is taken over into the prompt column.
enum class UseAgain { all, all_but_seed, prompt, seed, size };

}  // namespace ui
