// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

#include "inference/api/result.h"

namespace ui {

/// A failure in the user's language: what happened, and what to do about it.
struct ErrorText {
    QString sentence;
    QString next_step;  ///< may be empty (cancelled)
};

/// For every ErrorCode. The detail is English and for logs; where it names the very value that is wrong
/// (invalid_request, out_of_memory) it is added to the sentence.
ErrorText errorText(const inference::Error& error);

/// Both sentences in one line.
QString errorLine(const inference::Error& error);

}  // namespace ui
