// SPDX-License-Identifier: Apache-2.0
#include "ui/command_line/terminal.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <csignal>
#include <cstdio>
#include <unistd.h>

namespace ui {
namespace {

volatile std::sig_atomic_t signal_received = 0;

void onSignal(int) {
    if (signal_received != 0) _exit(static_cast<int>(ExitCode::cancelled));
    signal_received = 1;
}

}  // namespace

Terminal::Terminal(bool json) : json_(json), interactive_(isatty(STDERR_FILENO) == 1) {}

void Terminal::print(const QString& line) {
    clearProgress();
    const QByteArray utf8 = line.toUtf8();
    std::fwrite(utf8.constData(), 1, static_cast<std::size_t>(utf8.size()), stdout);
    std::fputc('\n', stdout);
    std::fflush(stdout);
}

void Terminal::note(const std::string& line) {
    clearProgress();
    std::fprintf(stderr, "%s\n", line.c_str());
    std::fflush(stderr);
}

void Terminal::showLoading(double fraction) { showWork(QStringLiteral("loading the model"), fraction); }

void Terminal::showWork(const QString& what, double fraction) {
    if (interactive_) showProgress(QStringLiteral("%1  %2 %").arg(what).arg(static_cast<int>(fraction * 100), 3));
}

void Terminal::showReading(double fraction) {
    if (interactive_) showProgress(QStringLiteral("reading the model's files  %1 %").arg(static_cast<int>(fraction * 100), 3));
}

void Terminal::showStep(const inference::StepProgress& progress) {
    const int tenth = static_cast<int>(progress.fraction * 10);
    if (!interactive_ && tenth == last_tenth_) return;
    last_tenth_ = tenth;
    showProgress(QStringLiteral("image %1 of %2, step %3 of %4  %5 %  %6 s left")
                     .arg(progress.first_image + progress.batch_size)
                     .arg(progress.num_images)
                     .arg(progress.step)
                     .arg(progress.num_steps)
                     .arg(static_cast<int>(progress.fraction * 100), 3)
                     .arg(progress.remaining_ms / 1000.0, 0, 'f', 1));
}

void Terminal::showStage(const QString& stage, int done, int total) {
    const int tenth = total > 0 ? done * 10 / total : 10;
    if (!interactive_ && tenth == last_tenth_) return;
    last_tenth_ = tenth;
    showProgress(QStringLiteral("%1  %2 of %3").arg(stage).arg(done).arg(total));
}

void Terminal::showProgress(const QString& line) {
    const QByteArray utf8 = line.toUtf8();
    if (interactive_) {
        std::fprintf(stderr, "\r\x1b[K%s", utf8.constData());
        progress_shown_ = true;
    } else {
        std::fprintf(stderr, "%s\n", utf8.constData());
    }
    std::fflush(stderr);
}

void Terminal::clearProgress() {
    if (progress_shown_) std::fputs("\r\x1b[K", stderr);
    progress_shown_ = false;
    std::fflush(stderr);
}

ExitCode Terminal::fail(const inference::Error& error) {
    clearProgress();
    std::fprintf(stderr, "fuselight: %s\n", error.detail.c_str());
    if (json_) {
        const QJsonObject object{{QStringLiteral("error"),
                                  QJsonObject{{QStringLiteral("code"), QString::fromLatin1(inference::to_string(error.code))},
                                              {QStringLiteral("detail"), QString::fromStdString(error.detail)}}}};
        print(QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact)));
    }
    return exitCodeOf(error.code);
}

Interruption::Interruption() {
    struct sigaction action = {};
    action.sa_handler = onSignal;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

void Interruption::poll() {
    if (signal_received != 0) source_.request_stop();
}

}  // namespace ui
