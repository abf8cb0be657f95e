// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace ui {

/// Lets assistive technology read and set a RatingWidget as a value from 0 to 5. Cheap when done already.
void installAccessibleRating();

}  // namespace ui
