// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>

namespace app {

/// A file that is there while the program runs. Found at the start, it means that the last run did not end by itself: the
/// queue then starts paused, so that a job that brought the program down is not run again unasked.
class CrashSentinel final {
public:
    explicit CrashSentinel(const QString& state_dir);
    ~CrashSentinel();  ///< removes the file: a clean end
    CrashSentinel(const CrashSentinel&) = delete;
    CrashSentinel& operator=(const CrashSentinel&) = delete;

    bool lastRunCrashed() const { return last_run_crashed_; }

private:
    QString file_;
    bool last_run_crashed_ = false;
};

}  // namespace app
