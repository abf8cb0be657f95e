// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "inference/api/generation_request.h"

namespace ui {

/// A sampler's name as its users call it.
QString samplerName(inference::Sampler sampler);

}  // namespace ui
