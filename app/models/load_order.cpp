// SPDX-License-Identifier: Apache-2.0
#include "app/models/load_order.h"

#include <QString>

namespace app {
namespace {

/// What a load takes for a moment beside the weights that stay: one tensor, and its copy in the layout that the processor likes.
constexpr double load_overhead = 1.1;

std::int64_t neededBytes(const inference::ModelDescription& model) {
    return static_cast<std::int64_t>(load_overhead * static_cast<double>(model.load_bytes)) + model.picture_bytes;
}

std::string gigabytes(std::int64_t bytes) { return QString::number(static_cast<double>(bytes) / 1e9, 'f', 1).toStdString() + " GB"; }

}  // namespace

LoadOrder chooseLoadOrder(const inference::ModelDescription& next, std::int64_t held_bytes) {
    if (next.available_bytes == 0) return LoadOrder::instead;  // a graphics card: nobody says what is free
    const auto needed = neededBytes(next);
    if (needed <= next.available_bytes) return LoadOrder::beside;
    return needed <= next.available_bytes + held_bytes ? LoadOrder::instead : LoadOrder::impossible;
}

inference::Error notEnoughMemory(const inference::ModelDescription& next, std::int64_t held_bytes) {
    return {inference::ErrorCode::out_of_memory,
            next.name + " needs about " + gigabytes(neededBytes(next)) + " of memory; " + gigabytes(next.available_bytes + held_bytes) +
                " are free for it"};
}

}  // namespace app
