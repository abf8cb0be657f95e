// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

class QSocketNotifier;

namespace ui {

/// Turns the signals that end a session (SIGTERM, SIGINT, SIGHUP) into a Qt signal, so that the window closes as if by hand:
/// everything is saved and the next start does not take it for a crash. A second signal ends the program at once.
/// One at a time in a process.
class Termination final : public QObject {
    Q_OBJECT
public:
    Termination();
    ~Termination() override;

Q_SIGNALS:
    void requested();

private:
    QSocketNotifier* notifier_ = nullptr;
};

}  // namespace ui
