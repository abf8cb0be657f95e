// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QObject>

#include <functional>
#include <memory>

namespace app {

/// Measures how long the GUI thread's event loop leaves an event waiting, and when the first window was painted. Every
/// 2 ms another thread posts an event that carries its time; one stall of 40 ms is therefore seen twenty times, as the
/// hand that moves the mouse would. Written as JSON when it is destroyed:
/// {"first_paint_ms", "all": {"samples", "p50_ms", "p99_ms", "max_ms"}, "busy": {...}}
class LatencyProbe final : public QObject {
    Q_OBJECT
public:
    explicit LatencyProbe(const QString& file, QObject* parent = nullptr);
    ~LatencyProbe() override;

    void watchFirstPaint(QObject& window);           ///< milliseconds from the start of the process
    void countWhile(std::function<bool()> is_busy);  ///< delays while this is true are counted under "busy" too

    bool eventFilter(QObject* watched, QEvent* event) override;

protected:
    void customEvent(QEvent* event) override;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace app
