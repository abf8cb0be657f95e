// SPDX-License-Identifier: Apache-2.0
#include "app/models/load_order.h"

#include <QString>
#include <algorithm>

namespace app {
namespace {

/// What a load takes for a moment beside the weights that stay: one tensor, and its copy in the layout that the processor likes.
constexpr double load_overhead = 1.1;

std::int64_t neededBytes(const inference::ModelDescription& model) {
    return static_cast<std::int64_t>(load_overhead * static_cast<double>(model.load_bytes)) + model.picture_bytes;
}

/// In which it draws, however slowly. A description of before does not say, and means all of it.
std::int64_t leastBytes(const inference::ModelDescription& model) {
    return model.least_bytes > 0 ? std::min(model.least_bytes, neededBytes(model)) : neededBytes(model);
}

std::string gigabytes(std::int64_t bytes) { return QString::number(static_cast<double>(bytes) / 1e9, 'f', 1).toStdString() + " GB"; }

}  // namespace

LoadOrder chooseLoadOrder(const inference::ModelDescription& next, std::int64_t held_bytes) {
    if (next.available_bytes == 0) return LoadOrder::instead;  // a graphics card: nobody says what is free
    // Beside another one only whole: what would have to be read from disk meanwhile has room when the other one is gone.
    if (neededBytes(next) <= next.available_bytes) return LoadOrder::beside;
    return leastBytes(next) <= next.available_bytes + held_bytes ? LoadOrder::instead : LoadOrder::impossible;
}

inference::Error notEnoughMemory(const inference::ModelDescription& next, std::int64_t held_bytes) {
    return {inference::ErrorCode::out_of_memory,
            next.name + " needs at least " + gigabytes(leastBytes(next)) + " of memory; " + gigabytes(next.available_bytes + held_bytes) +
                " are free for it"};
}

bool readsFromDisk(const inference::ModelDescription& next, std::int64_t held_bytes) {
    return next.available_bytes > 0 && next.load_bytes + next.picture_bytes > next.available_bytes + held_bytes;
}

std::int64_t heldBytes(const inference::ModelInfo* loaded, const inference::ModelDescription* description) {
    if (!loaded) return 0;
    if (loaded->weights_bytes > 0) return loaded->weights_bytes;
    return description ? description->load_bytes : 0;
}

}  // namespace app
