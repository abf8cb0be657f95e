// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QWidget>

namespace ui {

class FoldHeader;

/// A section that folds away under its caption.
class Fold final : public QWidget {
    Q_OBJECT
public:
    explicit Fold(QWidget* content, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    /// A word beside the title while folded: what is set inside.
    void setHint(const QString& hint);
    void setExpanded(bool expanded);
    bool isExpanded() const;

Q_SIGNALS:
    void expandedChanged(bool expanded);

private:
    void refresh();

    FoldHeader* header_ = nullptr;
    QWidget* content_ = nullptr;
    QString title_;
    QString hint_;
};

}  // namespace ui
