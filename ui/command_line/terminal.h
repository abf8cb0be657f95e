// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QString>
#include <stop_token>
#include <string>

#include "inference/api/progress.h"
#include "inference/api/result.h"
#include "ui/command_line/exit_codes.h"

namespace ui {

/// Standard output and error of the commands: results on one, progress and errors on the other.
class Terminal final {
public:
    explicit Terminal(bool json);

    bool json() const { return json_; }
    void print(const QString& line);     ///< standard output, flushed
    void note(const std::string& line);  ///< standard error, a line that stays
    void showLoading(double fraction);
    void showReading(double fraction);  ///< of a model's files, for its identity
    void showWork(const QString& what, double fraction);
    void showStep(const inference::StepProgress& progress);
    void showStage(const QString& stage, int done, int total);  ///< of a command with several
    void clearProgress();                                       ///< before anything else is written

    /// One clear line on standard error, and with --json an object {"error": {"code", "detail"}} on standard output.
    ExitCode fail(const inference::Error& error);

private:
    void showProgress(const QString& line);

    bool json_;
    bool interactive_;  ///< standard error is a terminal: one line is rewritten, else a line every tenth
    int last_tenth_ = -1;
    bool progress_shown_ = false;
};

/// Ctrl+C and a request to end become a stop token. The signal only sets a flag; `poll`, called from the progress
/// callbacks, turns it into the stop, because a signal handler may not. A second signal ends the program at once.
class Interruption final {
public:
    Interruption();
    void poll();
    std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
};

}  // namespace ui
