// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QDoubleSpinBox>
#include <QPoint>

namespace ui {

/// A number one changes by dragging sideways, with the wheel, or by typing; a double click brings the default back.
/// `edited` is sent for changes a person made, never for setQuietly().
class NumberField final : public QDoubleSpinBox {
    Q_OBJECT
public:
    explicit NumberField(QWidget* parent = nullptr);

    void setDefault(double value) { default_ = value; }
    double defaultValue() const { return default_; }
    /// Values snap to multiples of this many (picture sides); 0 lets every value be.
    void setMultiple(int multiple);
    void setQuietly(double value);
    /// Takes what is typed but not yet confirmed.
    void commit();

Q_SIGNALS:
    void edited(double value);
    void resetToDefault();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    double valueFromText(const QString& text) const override;

private:
    void dragTo(const QPoint& global);

    double default_ = 0.0;
    int multiple_ = 0;
    bool pressed_ = false;
    bool dragging_ = false;
    QPoint press_position_;
    double press_value_ = 0.0;
};

}  // namespace ui
