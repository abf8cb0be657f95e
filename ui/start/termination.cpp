// SPDX-License-Identifier: Apache-2.0
#include "ui/start/termination.h"

#include <QSocketNotifier>

#include <array>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>
#include <utility>

namespace ui {
namespace {

constexpr std::array ending_signals = {SIGTERM, SIGINT, SIGHUP};

// A handler may do little more than write(2); the event loop reads the other end.
std::array<int, 2> pipe_ends = {-1, -1};

void onSignal(int number) {
    std::signal(number, SIG_DFL);
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(pipe_ends[1], &byte, 1);
}

}  // namespace

Termination::Termination() {
    if (::pipe2(pipe_ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) return;  // without it the signals keep their default
    notifier_ = new QSocketNotifier(pipe_ends[0], QSocketNotifier::Read, this);
    connect(notifier_, &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        while (::read(pipe_ends[0], &byte, 1) == 1) Q_EMIT requested();
    });
    for (const int number : ending_signals) std::signal(number, onSignal);
}

Termination::~Termination() {
    if (!notifier_) return;
    for (const int number : ending_signals) std::signal(number, SIG_DFL);
    delete notifier_;
    for (int& end : pipe_ends) ::close(std::exchange(end, -1));
}

}  // namespace ui
