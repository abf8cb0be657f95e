// SPDX-License-Identifier: Apache-2.0
#include "ui/rating/accessible_rating.h"

#include <QAccessible>
#include <QAccessibleWidget>

#include "ui/rating/rating_text.h"
#include "ui/rating/rating_widget.h"

namespace ui {

namespace {

class AccessibleRating final : public QAccessibleWidget, public QAccessibleValueInterface {
public:
    explicit AccessibleRating(RatingWidget* widget) : QAccessibleWidget(widget, QAccessible::Slider), widget_(widget) {}

    void* interface_cast(QAccessible::InterfaceType type) override {
        if (type == QAccessible::ValueInterface) return static_cast<QAccessibleValueInterface*>(this);
        return QAccessibleWidget::interface_cast(type);
    }

    QString text(QAccessible::Text kind) const override {
        if (kind == QAccessible::Value) return ratingText(widget_->rating());
        return QAccessibleWidget::text(kind);
    }

    QVariant currentValue() const override { return widget_->rating(); }
    QVariant minimumValue() const override { return 0; }
    QVariant maximumValue() const override { return StarRow::stars; }
    QVariant minimumStepSize() const override { return 1; }

    void setCurrentValue(const QVariant& value) override {
        const int stars = qBound(0, value.toInt(), StarRow::stars);
        if (stars == widget_->rating()) return;
        widget_->setRating(stars);
        Q_EMIT widget_->ratingChosen(stars);
    }

private:
    RatingWidget* widget_;
};

QAccessibleInterface* makeInterface(const QString& class_name, QObject* object) {
    if (class_name != QLatin1String("ui::RatingWidget")) return nullptr;
    auto* widget = qobject_cast<RatingWidget*>(object);
    return widget ? new AccessibleRating(widget) : nullptr;
}

}  // namespace

void installAccessibleRating() {
    static const bool installed = [] {
        QAccessible::installFactory(makeInterface);
        return true;
    }();
    Q_UNUSED(installed)
}

}  // namespace ui
